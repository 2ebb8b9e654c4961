// The C++ library: a command language over a std::map on standard input, one command a line:
//   set NAME NUMBER, get NAME, list, sum (by a std::thread per half), and errors as exceptions.
#include <algorithm>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

struct UnknownName : std::runtime_error {
	explicit UnknownName(const std::string &name) : std::runtime_error("unknown name: " + name) {}
};

class Store {
public:
	using Command = std::function<void(std::istringstream &)>;

	Store()
	{
		commands_["set"] = [this](auto &words) {
			std::string name, number;
			words >> name >> number;
			values_[name] = std::stoll(number);
		};
		commands_["get"] = [this](auto &words) {
			std::string name;
			words >> name;
			const auto found = values_.find(name);
			if (found == values_.end())
				throw UnknownName(name);
			std::cout << name << " = " << found->second << '\n';
		};
		commands_["list"] = [this](auto &) {
			for (const auto &[name, value] : values_)
				std::cout << std::left << std::setw(8) << name << std::right << std::setw(12) << value
					  << "  0x" << std::hex << std::setfill('0') << std::setw(8)
					  << static_cast<unsigned long long>(value) << std::dec << std::setfill(' ') << '\n';
		};
		commands_["sum"] = [this](auto &) { std::cout << "sum " << sum() << '\n'; };
	}

	void execute(const std::string &line)
	{
		std::istringstream words(line);
		std::string command;
		words >> command;
		commands_.at(command)(words);
	}

private:
	long long sum() const
	{
		std::vector<long long> numbers;
		for (const auto &entry : values_)
			numbers.push_back(entry.second);
		const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
		long long first = 0, second = 0;
		std::thread one([&] { first = std::accumulate(numbers.cbegin(), std::vector<long long>::const_iterator(middle), 0LL); });
		std::thread two([&] { second = std::accumulate(std::vector<long long>::const_iterator(middle), numbers.cend(), 0LL); });
		one.join();
		two.join();
		return first + second;
	}

	std::map<std::string, long long> values_;
	std::map<std::string, Command> commands_;
};

} // namespace

int main()
{
	const auto store = std::make_unique<Store>();
	int errors = 0;
	for (std::string line; std::getline(std::cin, line);) {
		try {
			store->execute(line);
		} catch (const UnknownName &error) {
			std::cout << error.what() << '\n';
			errors++;
		} catch (const std::out_of_range &) {
			std::cout << "no such command: " << line << '\n';
			errors++;
		} catch (const std::exception &error) {
			std::cout << "bad number (" << error.what() << "): " << line << '\n';
			errors++;
		}
	}
	return errors;
}
